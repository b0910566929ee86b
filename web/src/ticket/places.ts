import type { CityPlace, Place } from '@/api/types'

/** A name that can be chosen, with where it is. */
export interface PlaceChoice {
  /** Unique also among places of one name. */
  key: string
  name: string
  district: string | null
  street: string | null
  kind: string
}

export const EMPTY_PLACE: Place = { district: null, street: null, name: null, detail: null }

const SHOWN = 60
/** Kinds that are levels of the cascade themselves, not names within it. */
const LEVELS: ReadonlySet<string> = new Set(['district', 'street', 'town'])

export const PLACE_KINDS: Readonly<Record<string, string>> = {
  community: '社区',
  village: '村',
  estate: '小区',
  road: '道路',
  venue: '场所',
  street: '街道',
  town: '镇',
  district: '区县',
}

export function districtsOf(places: readonly CityPlace[]): string[] {
  return places.filter((place) => place.kind === 'district').map((place) => place.name)
}

/** Streets and towns of a district; of the whole city where none is chosen. */
export function streetsOf(places: readonly CityPlace[], district: string | null): CityPlace[] {
  return places.filter((place) => (place.kind === 'street' || place.kind === 'town') && (!district || place.district === district))
}

/** Names within the chosen district and street that contain `query`; those that begin with it first. */
export function namesOf(places: readonly CityPlace[], within: Place, query: string): PlaceChoice[] {
  const wanted = query.trim()
  return places
    .filter((place) => !LEVELS.has(place.kind) && place.name.includes(wanted))
    // A road or venue of several streets has none of its own.
    .filter((place) => (!within.district || place.district === within.district) && (!within.street || !place.street || place.street === within.street))
    .sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)))
    .slice(0, SHOWN)
    .map((place) => ({ key: keyOf(place), name: place.name, district: place.district, street: place.street, kind: place.kind }))
}

/** A district chosen: a street and a name that lie elsewhere are no longer true. */
export function withDistrict(places: readonly CityPlace[], place: Place, district: string | null): Place {
  const street = place.street && streetsOf(places, district).some((one) => one.name === place.street) ? place.street : null
  const next = { ...place, district, street }
  return { ...next, name: holds(places, next) ? place.name : null }
}

/** A street chosen: it says the district too. */
export function withStreet(places: readonly CityPlace[], place: Place, street: string | null): Place {
  const found = street ? streetsOf(places, place.district).find((one) => one.name === street) : null
  const next = { ...place, street, district: found?.district ?? place.district }
  return { ...next, name: holds(places, next) ? place.name : null }
}

/** A name chosen: it says the district, and the street where it has one. */
export function withName(place: Place, choice: PlaceChoice | null): Place {
  if (!choice) return { ...place, name: null }
  return { ...place, name: choice.name, district: choice.district ?? place.district, street: choice.street ?? place.street }
}

/** A place with nothing in it is none. */
export function placeOrNull(place: Place): Place | null {
  return place.district || place.street || place.name || place.detail ? place : null
}

function holds(places: readonly CityPlace[], place: Place): boolean {
  if (!place.name) return true
  const known = places.filter((one) => one.name === place.name)
  // A name of the machine's that the list does not know is not contradicted by it.
  return (
    known.length === 0 ||
    known.some((one) => (!place.district || one.district === place.district) && (!place.street || !one.street || one.street === place.street))
  )
}

function keyOf(place: CityPlace): string {
  return [place.district, place.street, place.name, place.kind].join('|')
}
