import { isIP } from 'node:net'
import { includes, networksOf } from '../networks.ts'
import type { AnyRequest } from './handler.ts'

export type AddressOf = (request: AnyRequest) => string

// Nobody has this one.
const nobody = '0.0.0.0'

/**
 * Whence a request comes: the peer of its connection, or, where that is a proxy of ours, whom X-Forwarded-For names before it. Read
 * from its end, as each proxy adds to it what it has seen; what is left of the first that is none of ours anybody may have written.
 * @param trusted networks of our proxies
 */
export function createAddressOf(trusted: readonly string[]): AddressOf {
  const proxies = networksOf(trusted)
  return ({ socket, headers }) => {
    let address = socket.remoteAddress ?? nobody
    if (!includes(proxies, address)) return address
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    while (includes(proxies, address)) {
      const before = forwarded.pop()?.trim() ?? ''
      if (isIP(before) === 0) break
      address = before
    }
    return address
  }
}
