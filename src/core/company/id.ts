import { DbsvcError } from '../errors/error.ts'
import { probePrefix } from './probe.ts'

const shape = /^[a-z][a-z0-9_]{0,47}$/

// `shared` would share its private schema's name with the shared scope; the others name roles, schemas or databases that
// exist already, or read as "all companies" in a command line.
const reserved = new Set([
  'all',
  'admin',
  'control',
  'database_service_role',
  'dbsvc',
  'dbsvc_counter',
  'dbsvc_router',
  'default',
  'information_schema',
  'none',
  'postgres',
  'public',
  'root',
  'shared',
  'system',
  'template0',
  'template1',
  'tenant',
])

/**
 * Returns `text` when it can name a company: `^[a-z][a-z0-9_]{0,47}$`, so that `tenant_<company>` fits PostgreSQL's 63 bytes
 * and every other engine's limit. @throws DBS-1201 for a malformed or reserved one.
 */
export function parseCompanyId(text: string): string {
  const reason = whyNot(text)
  if (reason !== undefined) throw DbsvcError.of('DBS-1201', { company: text, reason })
  return text
}

function whyNot(text: string): string | undefined {
  if (!shape.test(text)) {
    if (text === '') return 'it is empty'
    if (text.length > 48) return `it has ${text.length} characters; 48 are allowed`
    if (/[A-Z]/.test(text)) return 'it has capital letters'
    return 'it has characters other than a-z, 0-9 and _, or does not start with a letter'
  }
  if (text.startsWith('tenant_')) return 'dbsvc adds the prefix tenant_ itself'
  if (text.startsWith('pg_')) return 'names beginning with pg_ belong to PostgreSQL'
  if (text.startsWith(probePrefix)) return `names beginning with ${probePrefix} belong to dbsvc doctor`
  if (reserved.has(text)) return 'the name is reserved'
  return undefined
}

/** The schema, and where there is one the LOGIN role, of a company. */
export const placeOf = (company: string): string => `tenant_${company}`
