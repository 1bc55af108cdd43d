import type pg from 'pg'
import { monthStart, months, type Sizes, symbols, ticksPerSymbol, usersPerCompany } from '../sizes.ts'

const symbolOf = (number: string): string => `(array['${symbols.join("','")}'])[1 + ${number} % ${symbols.length}]`

/** Ticks of all companies in the shared table, users of each, accounts and trades of the first. */
export async function fillPostgres(
  client: pg.Client,
  companies: readonly string[],
  { trades }: Pick<Sizes, 'trades'>,
): Promise<void> {
  await client.query(
    `insert into public.market_data (company_id, symbol, tick_data, timestamp)
     select company, symbol, jsonb_build_object('bid', 1 + n / 1000.0, 'ask', 1.001 + n / 1000.0), $2::timestamptz - n * interval '1 minute'
     from unnest($1::text[]) company, unnest(array['${symbols.join("','")}']) symbol, generate_series(1, ${ticksPerSymbol}) n
     order by n`,
    [companies, monthStart(months)],
  )
  for (const company of companies) {
    await client.query(
      `insert into tenant_${company}.users (user_id, email, subscription_tier)
       select 'u' || n, 'u' || n || '@${company}.example', 'pro' from generate_series(1, ${usersPerCompany}) n`,
    )
  }
  const place = `tenant_${companies[0]}`
  await client.query(
    `insert into ${place}.mt5_accounts (account_id, user_id, account_number, broker, account_type)
     select n, 'u' || 1 + n % ${usersPerCompany}, 'n' || n, 'broker', case n % 2 when 0 then 'demo' else 'live' end
     from generate_series(1, ${2 * usersPerCompany}) n`,
  )
  // One of 49 is open still, so that each user has some.
  await client.query(
    `insert into ${place}.trading_history
       (account_id, user_id, symbol, side, volume, open_price, close_price, commission, profit, opened_at, closed_at)
     select 1 + n % ${2 * usersPerCompany}, 'u' || 1 + (1 + n) % ${usersPerCompany}, ${symbolOf('(n * 7 % 1000)')},
       case n % 3 when 0 then 'sell' else 'buy' end, 1 + n % 10, 1 + n % 1000 / 1000.0,
       case when n % 49 <> 0 then 1.001 + n % 997 / 1000.0 end, 0.5, case when n % 49 <> 0 then n % 401 - 200 end,
       opened_at, case when n % 49 <> 0 then opened_at + interval '1 hour' end
     from generate_series(1, ${trades}) n, lateral (select $1::timestamptz + n * (($2::timestamptz - $1) / ${trades + 1})) as t (opened_at)`,
    [monthStart(0), monthStart(months)],
  )
  await client.query('vacuum analyze')
}
