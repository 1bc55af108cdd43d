import { accessObjects } from './access.ts'
import { columnObjects, positionedColumns } from './columns.ts'
import { constraintObjects } from './constraints.ts'
import { placeAndMember } from './normalise.ts'
import { programObjects } from './programs.ts'
import { relation, relationObjects } from './relations.ts'
import { securityObjects } from './security.ts'
import { typeObjects } from './types.ts'

const parts = [
  ...relationObjects,
  ...columnObjects,
  ...constraintObjects,
  ...securityObjects,
  ...accessObjects,
  ...programObjects,
  ...typeObjects,
]

/** Everything in the schemas of the places in $1 (companies), $2 (their schemas) and $3 (their private schemas). */
const objects = `with ${placeAndMember},
${relation},
object (company, kind, "on", name, definition, position) as (
${[positionedColumns, ...parts.map((part) => `select part.*, 0 from (${part}) part`)].join('\nunion all\n')}
)`

export const structureQuery = `${objects}
select company, kind, "on", name, coalesce(definition, '') as definition from object
order by company, kind collate "C", "on" collate "C", position, name collate "C"`

/**
 * One line a company, whatever its schema holds: the digests of its objects, digested in turn. A place without objects, such
 * as a schema that somebody dropped, has none.
 */
export const fingerprintQuery = `${objects}
select company, md5(string_agg(digest, '' order by digest collate "C")) as fingerprint
from (select company, md5(concat_ws(e'\\x01', kind, "on", name, definition)) as digest from object) digested
group by company`

/**
 * Names are printed qualified unless search_path finds them, so it finds nothing; times and intervals in one way everywhere. The
 * catalogue has an index for every step, while its statistics are always behind: with a hash join the planner would read all of
 * pg_depend for each batch.
 */
export const structureSettings = `set local search_path = '';
set local timezone = 'UTC';
set local datestyle = 'ISO, MDY';
set local intervalstyle = 'postgres';
set local quote_all_identifiers = off;
set local jit = off;
set local enable_seqscan = off;
set local enable_hashjoin = off;
set local enable_mergejoin = off;
set local max_parallel_workers_per_gather = 0;`
