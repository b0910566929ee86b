import { ref } from 'vue'

import { api } from '@/api/client'
import type { CityPlace } from '@/api/types'

const loaded = ref<CityPlace[]>([])
let loading: Promise<void> | null = null

/** The city's places, fetched once; empty until they are here, when only the machine's own can be shown. */
export function usePlaces(): typeof loaded {
  loading ??= api
    .places()
    .then((places) => void (loaded.value = places.map(({ district, street, community, ...place }) => ({ ...place, district: district || null, street: street || null, community: community || null }))))
    .catch(() => void (loading = null))
  return loaded
}
