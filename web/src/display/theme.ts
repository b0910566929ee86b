import { readonly, ref } from 'vue'

/** `auto` follows the system. */
export type ThemeChoice = 'auto' | 'light' | 'dark'

const STORED = 'hotline.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const choice = ref<ThemeChoice>(readStored())
const dark = ref(false)

export const themeChoice = readonly(choice)
export const isDark = readonly(dark)

export function chooseTheme(next: ThemeChoice): void {
  choice.value = next
  localStorage.setItem(STORED, next)
  apply()
}

/** Colour of the theme in force, by the name of its variable. */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function apply(): void {
  dark.value = choice.value === 'dark' || (choice.value === 'auto' && system.matches)
  document.documentElement.classList.toggle('dark', dark.value)
}

function readStored(): ThemeChoice {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}

system.addEventListener('change', apply)
apply()
