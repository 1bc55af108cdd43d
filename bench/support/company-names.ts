/** Ids of companies, in the order of the alphabet. */
export function companyNames(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `bench_${prefix}_${String(index + 1).padStart(5, '0')}`)
}
