import type { ResultColumn, ValueKind } from '../../../core/routing/cells.ts'

const kinds: readonly (readonly [RegExp, ValueKind])[] = [
  [/^Bool$/, 'bool'],
  [/^U?Int(?:8|16|32)$/, 'int'],
  [/^Int64$/, 'int64'],
  [/^(?:UInt64|U?Int(?:128|256))$/, 'bigint'],
  [/^B?Float(?:16|32|64)$/, 'float'],
  [/^Decimal/, 'numeric'],
  [/^Date(?:32)?$/, 'date'],
  [/^DateTime/, 'timestamptz'],
  // What is made of other values comes as JSON, its 64-bit integers and decimals as strings.
  [
    /^(?:Array|Map|Tuple|Nested|JSON|Object|Variant|Dynamic|Point|Ring|LineString|MultiLineString|Polygon|MultiPolygon)\b/,
    'json',
  ],
]

export function columnOf(name: string, type: string): ResultColumn {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1]
  const kind = inner === undefined ? kinds.find(([shape]) => shape.test(type))?.[1] : columnOf(name, inner).kind
  return { name, type, kind: kind ?? 'text', list: false }
}
