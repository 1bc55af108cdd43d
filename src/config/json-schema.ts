import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The JSON Schema of a configuration file; dbsvc.schema.json is this document. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' })
}
