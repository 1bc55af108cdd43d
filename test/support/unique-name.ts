import { randomBytes } from 'node:crypto'

/** A name for something of one test only, on a server that all tests of a run share. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`
}
