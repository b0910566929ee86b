import { reactive } from 'vue'

/** What the upload dialogue works on; filled by the button, and by dropping files anywhere on the page. */
export const intake = reactive({ open: false, files: [] as File[] })

export function offerFiles(files: Iterable<File>): void {
  intake.files.push(...files)
  intake.open = true
}
