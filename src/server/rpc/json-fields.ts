import { DbsvcError } from '../../core/errors/error.ts'

/** What a field holds as JSON; undefined where it is empty. @throws DBS-2001 naming the field */
export function parseField(name: string, json: string): unknown {
  if (json === '') return undefined
  try {
    return JSON.parse(json) as unknown
  } catch (error) {
    throw DbsvcError.of('DBS-2001', { reason: `${name}: is no JSON` }, error)
  }
}
