import { randomBytes } from 'node:crypto'

/** A W3C traceparent of its own. */
export const newTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
