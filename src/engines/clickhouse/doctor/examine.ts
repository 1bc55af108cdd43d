import type { StoreObservation } from '../../store.ts'
import type { Place } from '../place.ts'

export async function examine(_place: Place): Promise<StoreObservation[]> {
  return []
}
