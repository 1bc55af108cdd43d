/** @typedef {{ db: import('arangojs').Database, company: string, signal: AbortSignal }} Context */

// Must be safe to run again: nobody may have seen it end.
/** @param {Context} context */
export const up = async ({ db }) => {}

/** @param {Context} context */
export const down = async ({ db }) => {}
