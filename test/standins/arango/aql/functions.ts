import { fail, notImplemented } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Execution } from './execution.ts'
import { arrays } from './functions/arrays.ts'
import { conversions } from './functions/conversions.ts'
import { dates } from './functions/dates.ts'
import { documents } from './functions/documents.ts'
import type { AqlFunction } from './functions/function.ts'
import { numbers } from './functions/numbers.ts'
import { objects } from './functions/objects.ts'
import { sets } from './functions/sets.ts'
import { strings } from './functions/strings.ts'
import { texts } from './functions/texts.ts'

const functions = new Map<string, AqlFunction>(
  [arrays, conversions, dates, documents, numbers, objects, sets, strings, texts].flatMap((family) =>
    Object.entries(family),
  ),
)

const aggregates = new Set(
  `LENGTH COUNT MIN MAX SUM AVERAGE AVG UNIQUE COUNT_DISTINCT COUNT_UNIQUE SORTED_UNIQUE PUSH
   VARIANCE_POPULATION STDDEV_POPULATION BIT_AND BIT_OR`.split(/\s+/),
)

/** ArangoDB has these; a query that calls one is no mistake. */
const others =
  /^(GEO_|BIT_|DATE_|NGRAM_|MINHASH|APPROX_NEAR|COSINE_|L1_|L2_|LEVENSHTEIN|SOUNDEX|TOKENS|ANALYZER|BOOST|BM25|TFIDF|PHRASE|EXISTS|MIN_MATCH|SCORE|NEAR|WITHIN|FULLTEXT|DISTANCE|IS_IN_POLYGON|APPLY|CALL|HASH|CRC32|FNV64|DECODE_|IPV4_|TRANSLATE|JACCARD|INTERLEAVE|OUTERSECTION|PERCENTILE|VARIANCE|STDDEV|DECAY_|COLLECTIONS|PREGEL_|SCHEMA_|SHARD_ID|V8|VERSION|WARN|REPLACE_NTH|REMOVE_|UNSHIFT|UNSET_RECURSIVE|KEEP_RECURSIVE|SIN|COS|TAN|ASIN|ACOS|ATAN|DEGREES|RADIANS|PI|EXP2)/

/** Throws 1540 for a function that there is not, 1541 for a number of arguments that it does not take. */
export function checkCall(name: string, count: number): void {
  const known = functions.get(name)
  if (known === undefined) {
    if (others.test(name)) notImplemented(`the AQL function ${name}()`)
    fail(1540, `AQL: usage of unknown function '${name}()' (while parsing)`)
  }
  const { min, max } = known
  if (count >= min && count <= max) return
  const expected = `expected number of arguments: minimum: ${min}, maximum: ${max}`
  fail(1541, `AQL: invalid number of arguments for function '${name}()', ${expected} (while parsing)`)
}

export function callFunction(name: string, args: readonly Json[], execution: Execution): Json {
  const known = functions.get(name) ?? fail(1540, `AQL: usage of unknown function '${name}()'`)
  return known.call(args, execution)
}

/** Whether AGGREGATE takes it. */
export function isAggregate(name: string): boolean {
  return aggregates.has(name) && (functions.has(name) || name === 'PUSH')
}
