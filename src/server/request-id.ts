import { randomUUID } from 'node:crypto'

// What other services make of an id ends up in logs.
const wellFormed = /^[\w.:-]{1,128}$/

/** The caller's own id of a request, from x-request-id, where it is well-formed; a new one otherwise. */
export const requestIdOf = (given: unknown): string =>
  typeof given === 'string' && wellFormed.test(given) ? given : randomUUID()
