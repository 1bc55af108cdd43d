import type { ArangoDatabase } from '../../connection/database.ts'
import type { Json } from '../json.ts'

/** A kind of thing that migrations make. */
export interface ObjectType<Asked> {
  /** As people name it, such as `collection users`. */
  readonly describe: (asked: Asked) => string
  /** Throws what the server refuses; it has not to look whether the thing is there already. */
  readonly create: (database: ArangoDatabase, asked: Asked) => Promise<void>
  /** What is there by this name, in the same form as `comparable`; null for nothing. */
  readonly find: (database: ArangoDatabase, asked: Asked) => Promise<Json | null>
  /** What was asked for, complete with the server's defaults. */
  readonly comparable: (asked: Asked) => Json
}
