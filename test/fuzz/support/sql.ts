import type { Random } from './random.ts'

const words =
  `select insert update delete merge with recursive values table from where join lateral on using group by order limit
  offset union all intersect except case when then else end cast as null true $1 $2 ( ) [ ] , ; . :: := => * + - / % ^ = <> < > || -> ->>
  #>> 'a' 'it''s' E'\\n' U&'\\0061' $$x$$ "users" users public.market_data tenant_company_xyz.users pg_catalog pg_class dbsvc.companies
  information_schema.tables current_user set reset role grant copy lock notify do execute prepare begin commit explain analyze truncate
  now() random() pg_sleep(9) version() set_config('a','b',true) generate_series(1,9) 1 0 1e309 99999999999999999999 -- /* */ \\ \u0000 \ud800 é
  array[1,2] row(1) interval '1 day' '{}'::jsonb for update skip locked returning into default`.split(/\s+/)

const shapes = [
  'select * from users where user_id = $1',
  'select 1 / 0',
  "select 'x'::int",
  'select email from tenant_company_xyz.users',
  'insert into users (user_id, email, subscription_tier) values ($1, $1, $1)',
  'select note from sums prewhere {p1:UInt8} = 1',
  'for u in users return u',
  `select ${'('.repeat(300)}1${')'.repeat(300)}`,
  `select ${Array(400).fill('1').join('+')}`,
]

/** What an author, a typist or an attacker might send. */
export function garbageSql(random: Random): string {
  if (random.happens(0.3)) {
    const shape = random.one(shapes)
    const at = random.below(shape.length)
    return random.happens(0.3)
      ? shape
      : `${shape.slice(0, at)} ${random.one(words)} ${shape.slice(at + random.below(4))}`
  }
  return Array.from({ length: 1 + random.below(14) }, () => random.one(words)).join(random.happens(0.9) ? ' ' : '')
}
