// Of what is inside: stacks, files, dbsvc's own SQL and secrets.
const inside =
  /\bat .{1,80}:\d+:\d+\)|node_modules|\/(?:tmp|home|root|work|usr)\/|dbsvc\.enter|dbsvc\.current_|hmac|dbk_[A-Za-z0-9]/

/** What no answer may say. @param canary what another company has */
export const leakOf = (canary: string): RegExp => new RegExp(`${inside.source}|${canary}`)
