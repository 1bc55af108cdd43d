import { createHash } from 'node:crypto'
import type { Contender } from '../contender.ts'
import type { World } from '../world.ts'
import { RolePools } from './role-pools.ts'

/** Straight to PostgreSQL with `pg`, as each company's own role. */
export function openDirect({ database: { host, port, database } }: World, max: number): Contender {
  return overRoles({ host, port, database }, max, {
    name: 'direct',
    description: `pg, a pool for each company's role, ${max} connections together, named statements, no password`,
  })
}

/** Asks as the role of the company, with statements that stay prepared. */
export function overRoles(
  settings: { readonly host: string; readonly port: number; readonly database: string },
  max: number,
  told: Pick<Contender, 'name' | 'description'>,
): Contender {
  const pools = new RolePools(settings, max)
  return {
    ...told,
    ask: (company, { text }, values) =>
      pools.use(company, async (client) => {
        const name = createHash('sha1').update(text).digest('base64')
        const { rows } = await client.query<unknown[]>({ name, text, values: [...values], rowMode: 'array' })
        return rows
      }),
    stop: () => pools.close(),
  }
}
