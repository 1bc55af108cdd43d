import { seededRandom } from '../../../test/support/seeded-random.ts'
import { dimensions } from './sizes.ts'

const vectorsPerCluster = 100
/** Of the noise beside its cluster's centre: two of one cluster have a cosine of about 0.8. */
const spread = 0.5

/** Vectors in clusters, as embeddings are: one at random has no neighbours. Of one number it is always the same. */
export function vectorOf(number: number, clusters: number): number[] {
  const centre = seededRandom(1 + (number % clusters))
  const noise = seededRandom(1_000_003 + number)
  return Array.from({ length: dimensions }, () => normal(centre) + spread * normal(noise))
}

export const clustersOf = (vectors: number): number => Math.max(1, Math.floor(vectors / vectorsPerCluster))

/** Near enough to a normal distribution: the sum of three uniform ones, with variance 1. */
const normal = (random: () => number): number => 2 * (random() + random() + random() - 1.5)
