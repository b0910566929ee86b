import type { components } from './schema.gen'

export type Schemas = components['schemas']

/**
 * An answer holds every one of its fields, while the schema calls those optional that have a default. Fields beyond
 * the known ones are left out, so that a misspelt name doesn't pass as one of them.
 */
export type Filled<T> = T extends readonly (infer Item)[]
  ? Filled<Item>[]
  : T extends object
    ? { [Key in keyof T as string extends Key ? never : Key]-?: Filled<Exclude<T[Key], undefined>> }
    : T
