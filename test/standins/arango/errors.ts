import type { JsonObject } from './json.ts'

/** Status and message by errorNum, as lib/Basics/errors.dat and lib/Rest/GeneralResponse.cpp of arangodb/arangodb pair them. */
const known: Readonly<Record<number, readonly [status: number, message: string]>> = {
  4: [500, 'internal error'],
  10: [400, 'bad parameter'],
  11: [403, 'forbidden'],
  18: [500, 'lock timeout'],
  400: [400, 'bad parameter'],
  401: [401, 'unauthorized'],
  404: [404, 'not found'],
  501: [501, 'not implemented'],
  600: [400, 'invalid JSON object'],
  1200: [409, 'conflict'],
  1202: [404, 'document not found'],
  1203: [404, 'collection or view not found'],
  1205: [400, 'illegal document identifier'],
  1207: [409, 'duplicate name'],
  1208: [400, 'illegal name'],
  1210: [409, 'unique constraint violated'],
  1212: [404, 'index not found'],
  1221: [400, 'illegal document key'],
  1227: [400, 'invalid document type'],
  1228: [404, 'database not found'],
  1229: [400, 'database name invalid'],
  1230: [403, 'operation only allowed in system database'],
  1233: [400, 'edge attribute missing or invalid'],
  1500: [410, 'query killed'],
  1501: [400, 'syntax error'],
  1502: [400, 'query is empty'],
  1504: [400, 'number out of range'],
  1511: [400, 'variable is assigned multiple times'],
  1540: [400, 'usage of unknown function'],
  1541: [400, 'invalid number of arguments'],
  1542: [400, 'invalid argument type'],
  1543: [400, 'invalid regex value'],
  1550: [400, 'invalid structure of bind parameters'],
  1551: [400, 'no value specified for declared bind parameter'],
  1552: [400, 'bind parameter was not declared in the query'],
  1553: [400, 'bind parameter has an invalid value or type'],
  1562: [400, 'division by zero'],
  1563: [400, 'array expected'],
  1568: [400, 'collection used as expression operand'],
  1569: [400, 'FAIL() called'],
  1572: [400, 'invalid date value'],
  1574: [400, 'invalid aggregate expression'],
  1575: [400, 'query options must be readable at query compile time'],
  1579: [400, 'access after data-modification'],
  1593: [400, 'assertion failed'],
  1600: [404, 'cursor not found'],
  1620: [400, 'schema validation failed'],
  1621: [400, 'invalid schema validation parameter'],
  1652: [400, 'unregistered collection used in transaction'],
  1653: [400, 'disallowed operation inside transaction'],
  1654: [410, 'transaction aborted'],
  1655: [404, 'transaction not found'],
  1700: [400, 'invalid user name'],
  1702: [409, 'duplicate user'],
  1703: [404, 'user not found'],
  1920: [400, 'multi use of edge collection in edge def'],
  1921: [400, 'edge collection already used in edge def'],
  1922: [400, 'missing graph name'],
  1923: [400, 'malformed edge definition'],
  1924: [404, 'graph not found'],
  1925: [409, 'graph already exists'],
  1926: [404, 'vertex collection does not exist or is not part of the graph'],
  1928: [400, 'collection is not in list of orphan collections'],
  1930: [404, 'edge collection not used in graph'],
  1938: [400, 'collection used in orphans'],
  1947: [400, 'referenced vertex collection is not part of the graph'],
}

export interface ErrorDetails {
  /** Where the status is not the usual one of this errorNum. */
  readonly status?: number
  /** Further members of the answer's body. */
  readonly body?: JsonObject
}

/** What an answer with `error: true` is made of. */
export class ArangoError extends Error {
  readonly errorNum: number
  readonly status: number
  readonly body: JsonObject

  constructor(errorNum: number, message?: string, details: ErrorDetails = {}) {
    const [status, usual] = known[errorNum] ?? [500, 'internal error']
    super(message ?? usual)
    this.errorNum = errorNum
    this.status = details.status ?? status
    this.body = details.body ?? {}
  }
}

export function fail(errorNum: number, message?: string, details?: ErrorDetails): never {
  throw new ArangoError(errorNum, message, details)
}

/** For what ArangoDB has and the stand-in has not. */
export function notImplemented(what: string): never {
  fail(501, `the stand-in for ArangoDB does not implement ${what}`)
}
