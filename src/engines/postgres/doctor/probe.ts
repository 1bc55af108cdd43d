import type pg from 'pg'

export const probeTable = 'doctor_notes'

/**
 * Makes an active company with one table, protected as those of migrations are, and holds it for this session.
 * @returns its id
 */
export async function makeProbe(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ company: string }>('select dbsvc.make_probe() as company')
  const [made] = rows
  if (made === undefined) throw new Error('a select without from gave no row')
  return made.company
}

/** Drops a probe with everything that would remember it; one that is gone already is fine. Shared tables have no rows of it. */
export async function dropProbe(client: pg.Client, company: string): Promise<void> {
  await client.query('rollback')
  await client.query('select dbsvc.drop_probe($1)', [company])
  await client.query('select dbsvc.leave_probe($1)', [company])
}

/** Takes over the probes that nobody uses any more, because their doctor was killed. */
export async function takeLeftOvers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>('select dbsvc.take_left_over_probes() as company')
  return rows.map(({ company }) => company)
}
