import type { Place } from '../place.ts'

export async function probeIsolation(_place: Place, _victim: string, _intruder: string): Promise<string[]> {
  return []
}
