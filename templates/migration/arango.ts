import type { Database } from 'arangojs'

interface Context {
  db: Database
  company: string
  signal: AbortSignal
}

// Must be safe to run again: nobody may have seen it end.
export const up = async ({ db }: Context): Promise<void> => {}

export const down = async ({ db }: Context): Promise<void> => {}
