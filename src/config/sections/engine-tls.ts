import { z } from 'zod'
import { isLoopbackUrl } from '../loopback.ts'

export const plaintext = z
  .boolean()
  .default(false)
  .describe('speaks to other machines without TLS, where the network between is trusted with every password')

export const ca = z
  .string()
  .min(1)
  .optional()
  .describe('file with the certificate authority to trust, in PEM; the well-known ones by default')

interface Section {
  readonly url?: string | undefined
  readonly grpcUrl?: string | undefined
  readonly plaintext: boolean
}

/** A URL of an engine; without TLS it is for this machine alone, unless `plaintext` says otherwise. */
export const requireEncryption = (
  name: 'url' | 'grpcUrl',
): [(section: Section) => boolean, { path: string[]; message: string }] => [
  (section) => {
    const url = section[name]
    return url === undefined || section.plaintext || /^(https|rediss):/.test(url) || isLoopbackUrl(url)
  },
  { path: [name], message: 'has to be https or rediss outside of this machine, unless plaintext is true' },
]
