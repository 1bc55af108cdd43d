// A pool of one connection in a process of its own, which may run altered; see pool-process.ts.
import { createInterface } from 'node:readline'
import { openContextPool } from '../../../../src/engines/postgres/context/pool.ts'
import { claimsOf, readCredentials } from './doors.ts'
import type { PoolRequest, PoolTerms } from './pool-process.ts'
import { toldError, toldRows } from './transcript.ts'

const { secrets, ...place } = JSON.parse(process.env.DBSVC_TEST_POOL ?? '{}') as PoolTerms
const { password, keyRing } = await readCredentials(secrets)
const pool = openContextPool({ ...place, password, ssl: false, keyRing, max: 1, ttlMs: 10_000 })

for await (const line of createInterface({ input: process.stdin })) {
  const { company, text, abortAfterMs } = JSON.parse(line) as PoolRequest
  const signal = abortAfterMs === undefined ? undefined : AbortSignal.timeout(abortAfterMs)
  const told = await pool.query(claimsOf(company), { text }, { signal }).then(toldRows, toldError)
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
await pool.close()
