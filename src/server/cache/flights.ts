/** Lets those who ask for the same thing at the same time wait for one answer. */
export interface Flights<Result> {
  /**
   * @param joinable whether what is read from then on, on the router's clock, is new enough for this caller
   * @throws only what the caller's own `start` throws: whoever joined one that failed starts its own
   */
  join(key: string, joinable: (startedAt: number) => boolean, start: () => Promise<Result>): Promise<Result>
}

export function createFlights<Result>(now: () => number, onJoin: () => void): Flights<Result> {
  const flights = new Map<string, { readonly startedAt: number; readonly result: Promise<Result> }>()
  return {
    async join(key, joinable, start) {
      const under = flights.get(key)
      if (under !== undefined && joinable(under.startedAt)) {
        try {
          const result = await under.result
          onJoin()
          return result
        } catch {
          // It may have failed by its own client's leaving.
          return start()
        }
      }
      const flight = { startedAt: now(), result: start() }
      flights.set(key, flight)
      try {
        return await flight.result
      } finally {
        if (flights.get(key) === flight) flights.delete(key)
      }
    },
  }
}
