import { z } from 'zod'
import type { CacheIdentity } from '../../core/routing/cache-key.ts'
import type { TableResult, ValueKind } from '../../core/routing/cells.ts'

/** A response as the shared layer keeps it. */
export interface Envelope {
  readonly identity: CacheIdentity
  /** The shared layer's time before the engine was asked. */
  readonly readAtServerMs: number
  readonly table: TableResult
}

const shape: z.ZodType<Envelope> = z.object({
  identity: z.object({
    company: z.string(),
    user: z.string().nullable(),
    service: z.string(),
    schemaVersion: z.string(),
    engine: z.custom<CacheIdentity['engine']>((value) => typeof value === 'string'),
  }),
  readAtServerMs: z.number(),
  table: z.object({
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        kind: z.custom<ValueKind>((value) => typeof value === 'string'),
        list: z.boolean(),
      }),
    ),
    rows: z.array(z.array(z.string().nullable())),
    rowCount: z.number(),
    command: z.string(),
  }),
})

export const seal = (envelope: Envelope): string => JSON.stringify(envelope)

/** What is in it, where it is whole and of this very identity: a key alone does not open it. */
export function unseal(text: string, identity: CacheIdentity): Envelope | null {
  try {
    const envelope = shape.parse(JSON.parse(text))
    const names = Object.keys(identity) as (keyof CacheIdentity)[]
    return names.every((name) => envelope.identity[name] === identity[name]) ? envelope : null
  } catch {
    return null
  }
}
