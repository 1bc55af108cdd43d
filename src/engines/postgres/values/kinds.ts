import type { ValueKind } from '../../../core/routing/cells.ts'

/** A built-in type, by its OID as in pg_type.dat; what is not here is text, as PostgreSQL writes it. */
export interface BuiltInType {
  readonly name: string
  readonly kind: ValueKind
  readonly list: boolean
}

// name, kind, OID, OID of its array
export const builtInTypes: readonly (readonly [string, ValueKind, number, number])[] = [
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
  ['xml', 'text', 142, 143],
  ['money', 'text', 790, 791],
  ['macaddr', 'text', 829, 1040],
  ['macaddr8', 'text', 774, 775],
  ['bit', 'text', 1560, 1561],
  ['varbit', 'text', 1562, 1563],
  ['point', 'text', 600, 1017],
  ['lseg', 'text', 601, 1018],
  ['path', 'text', 602, 1019],
  ['polygon', 'text', 604, 1027],
  ['line', 'text', 628, 629],
  ['circle', 'text', 718, 719],
  ['tsvector', 'text', 3614, 3643],
  ['tsquery', 'text', 3615, 3645],
  ['jsonpath', 'text', 4072, 4073],
  ['int4range', 'text', 3904, 3905],
  ['numrange', 'text', 3906, 3907],
  ['tsrange', 'text', 3908, 3909],
  ['tstzrange', 'text', 3910, 3911],
  ['daterange', 'text', 3912, 3913],
  ['int8range', 'text', 3926, 3927],
  ['int4multirange', 'text', 4451, 6150],
  ['nummultirange', 'text', 4532, 6151],
  ['tsmultirange', 'text', 4533, 6152],
  ['tstzmultirange', 'text', 4534, 6153],
  ['datemultirange', 'text', 4535, 6155],
  ['int8multirange', 'text', 4536, 6157],
]

const byOid = new Map<number, BuiltInType>(
  builtInTypes.flatMap(([name, kind, oid, arrayOid]) => [
    [oid, { name, kind, list: false }],
    [arrayOid, { name: `${name}[]`, kind, list: true }],
  ]),
)

/** The type of a column. Types of a company's own, such as enums, are text named by their OID. */
export const typeOf = (oid: number): BuiltInType => byOid.get(oid) ?? { name: `oid ${oid}`, kind: 'text', list: false }
