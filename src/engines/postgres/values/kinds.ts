import type { ValueKind } from '../../../core/routing/cells.ts'

/** A built-in type, by its OID as in pg_type.dat; what is not here is text, as PostgreSQL writes it. */
export interface BuiltInType {
  readonly name: string
  readonly kind: ValueKind
  readonly list: boolean
}

// name, kind, OID, OID of its array
const types: readonly (readonly [string, ValueKind, number, number])[] = [
  ['bool', 'bool', 16, 1000],
  ['bytea', 'bytes', 17, 1001],
  ['char', 'text', 18, 1002],
  ['name', 'text', 19, 1003],
  ['int8', 'int64', 20, 1016],
  ['int2', 'int', 21, 1005],
  ['int4', 'int', 23, 1007],
  ['text', 'text', 25, 1009],
  ['oid', 'int64', 26, 1028],
  ['json', 'json', 114, 199],
  ['float4', 'float', 700, 1021],
  ['float8', 'float', 701, 1022],
  ['inet', 'text', 869, 1041],
  ['cidr', 'text', 650, 651],
  ['bpchar', 'text', 1042, 1014],
  ['varchar', 'text', 1043, 1015],
  ['date', 'date', 1082, 1182],
  ['time', 'time', 1083, 1183],
  ['timestamp', 'timestamp', 1114, 1115],
  ['timestamptz', 'timestamptz', 1184, 1185],
  ['interval', 'interval', 1186, 1187],
  ['timetz', 'time', 1266, 1270],
  ['numeric', 'numeric', 1700, 1231],
  ['uuid', 'text', 2950, 2951],
  ['jsonb', 'json', 3802, 3807],
]

const byOid = new Map<number, BuiltInType>(
  types.flatMap(([name, kind, oid, arrayOid]) => [
    [oid, { name, kind, list: false }],
    [arrayOid, { name: `${name}[]`, kind, list: true }],
  ]),
)

/** The type of a column. Types of a company's own, such as enums, are text named by their OID. */
export const typeOf = (oid: number): BuiltInType => byOid.get(oid) ?? { name: `oid ${oid}`, kind: 'text', list: false }
