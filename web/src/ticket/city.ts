import { ref } from 'vue'

import { api } from '@/api/client'
import type { City } from '@/api/types'

const loaded = ref<City | null>(null)
let loading: Promise<void> | null = null

/** The city's duty list, fetched once; null until it is here. Without it the page shows codes instead of names. */
export function useCity(): typeof loaded {
  loading ??= api
    .city()
    .then((city) => void (loaded.value = city))
    .catch(() => void (loading = null))
  return loaded
}
