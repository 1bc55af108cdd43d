import { BlockList, isIPv6 } from 'node:net'

/** @param prefixes such as 10.0.0.0/8, or an address */
export function networksOf(prefixes: readonly string[]): BlockList {
  const list = new BlockList()
  for (const prefix of prefixes) {
    const [network = '', bits] = prefix.split('/')
    if (bits === undefined) list.addAddress(network, familyOf(network))
    else list.addSubnet(network, Number(bits), familyOf(network))
  }
  return list
}

export const includes = (networks: BlockList, address: string): boolean => networks.check(address, familyOf(address))

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4')
