import { placeOf } from '../../core/company/id.ts'

/** Where databases and users are managed. */
export const systemDatabase = '_system'

/**
 * The database of the shared scope and of dbsvc's own records. It is not `_system`: whoever may write there may manage the server,
 * and its collections are the server's. No company's database has this name, since all of theirs begin with `tenant_`.
 */
export const sharedDatabase = 'dbsvc_shared'

/** Holds one document for each company that dbsvc has made here; migrations cannot name it. */
export const registerCollection = 'dbsvc_companies'

const prefix = placeOf('')

/** Also the name of the company's user. At most 55 bytes, of the 64 that a server without extended names allows. */
export const databaseOf = placeOf

/** The company whose database or user this is; null for any other. */
export function companyOf(name: string): string | null {
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : null
}

/** A path with everything that is put into it escaped, as in apiPath`/_api/user/${name}`. */
export function apiPath(texts: TemplateStringsArray, ...parts: readonly string[]): string {
  return texts.map((text, index) => `${text}${encodeURIComponent(parts[index] ?? '')}`).join('')
}
