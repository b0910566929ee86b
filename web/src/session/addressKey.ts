/** A key that came in the address (`#key=…` or `?key=…`), and the address without it. */
export interface AddressKey {
  key: string | null
  cleaned: string
}

/** Take the key out of an address, so that it stays neither in the address bar nor in the history. */
export function takeKey(href: string): AddressKey {
  const url = new URL(href)
  let key = url.searchParams.get('key')
  url.searchParams.delete('key')
  const fragment = new URLSearchParams(url.hash.slice(1))
  if (fragment.has('key')) {
    key = fragment.get('key')
    fragment.delete('key')
    url.hash = fragment.toString()
  }
  return { key: key?.trim() ? key.trim() : null, cleaned: url.pathname + url.search + url.hash }
}
