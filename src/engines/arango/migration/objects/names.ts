import { z } from 'zod'

/** As ArangoDB takes it without extended names, so that a migration runs on every server. */
export const objectName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,255}$/,
    'a name has letters, digits, _ and -, begins with a letter, and is at most 256 long',
  )
  .refine((name) => !name.startsWith('dbsvc_'), 'names beginning with dbsvc_ belong to dbsvc')

export const named = z.strictObject({ name: objectName })
