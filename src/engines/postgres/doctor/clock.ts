import type pg from 'pg'

const samples = 3

/** The server's clock minus this machine's, in milliseconds; of several samples the one with the shortest round trip. */
export async function readClockOffset(client: pg.Client): Promise<number> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
  for (let sample = 0; sample < samples; sample += 1) {
    const sentAt = Date.now()
    const startedAt = performance.now()
    const { rows } = await client.query<{ ms: string }>('select extract(epoch from clock_timestamp()) * 1000 as ms')
    const roundTripMs = performance.now() - startedAt
    const offsetMs = Number(rows[0]?.ms) - sentAt - roundTripMs / 2
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs }
  }
  return best.offsetMs
}
