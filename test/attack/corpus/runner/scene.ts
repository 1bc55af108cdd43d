import type { Client } from 'pg'
import { paddedKey, type SigningKey } from '../../../../src/engines/postgres/context/token.ts'
import { createDatabase, type TestDatabase } from '../../../support/database.ts'
import type { TestServer } from '../../../support/server.ts'
import { type Cluster, createCluster } from '../../../support/shipped-cluster.ts'
import { uniqueName } from '../../../support/unique-name.ts'

/** What an attacker must not find in anything that is told, nor in the text of any attempt. */
export const canaries = /canary|zq_hidden|\b17(?:33|38|43)\b/i
/** Of rows alone, which the signed context keeps without the guard. */
export const rowCanary = /canary/i

/** One that was retired because it is known. */
export const leakedKey: SigningKey = { keyId: 'leaked', secret: Buffer.alloc(32, 7) }

/** A cluster with an attacker, a victim with canaries in every table, a company that nobody speaks of, and one with a LOGIN role. */
export interface Scene {
  readonly cluster: Cluster
  readonly loginRole: string
  readonly loginPassword: string
  /** A copy as it was before anything was tried. */
  copy(): Promise<TestDatabase>
  /** Of everything that the victim has, here or in a copy. */
  victimDigest(where?: TestDatabase): Promise<string>
}

export async function createScene(server: TestServer | undefined): Promise<Scene> {
  const cluster = await createCluster(server)
  const direct = uniqueName('direct')
  await cluster.dbsvc('tenant', 'create', 'zq_hidden_co', 'frozen_co')
  await cluster.dbsvc('tenant', 'suspend', 'frozen_co')
  await cluster.dbsvc('tenant', 'create', direct, '--login')
  const secret = await cluster.dbsvc('secret', 'show', `postgres-main-login-${direct}`)
  const loginRole = `tenant_${direct}`
  const { database } = cluster
  const seeding = await database.connect()
  await seed(seeding, direct)
  await seeding.end()
  const pristine = await copyOf(database, server)
  return {
    cluster,
    loginRole,
    loginPassword: secret.stdout.trim(),
    copy: () => copyOf(pristine, server),
    async victimDigest(where = database) {
      const [row] = await where.query<{ digest: string }>(digestSql)
      return row?.digest ?? ''
    },
  }
}

/** TimescaleDB's workers look into a database now and then, and nobody may be in a template. */
async function copyOf({ database }: TestDatabase, server: TestServer | undefined): Promise<TestDatabase> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await createDatabase(server, database)
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function seed(client: Client, direct: string): Promise<void> {
  await client.query(`
    begin; set local role dbsvc_owner; set local search_path = public;
    create table notes (company_id text not null, note_id int not null, text text not null, primary key (company_id, note_id));
    create view note_texts as select company_id, text from notes;
    create materialized view note_copies as select * from notes with no data;
    create table measures (company_id text not null, at date not null, note text) partition by range (at);
    create table measures_2026 partition of measures for values from ('2026-01-01') to ('2027-01-01');
    create table remarks (company_id text not null, data_id bigint not null,
      constraint remarks_to_data foreign key (company_id, data_id) references market_data (company_id, id));
    create function of_owner() returns setof notes language sql stable security definer as 'select * from public.notes';
    -- Nobody else may give a function such a setting.
    reset role;
    create function elsewhere() returns setof notes language sql stable set app.current_company_id = 'company_xyz'
      as 'select * from public.notes';
    alter function elsewhere() owner to dbsvc_owner;
    set local role dbsvc_owner;
    grant execute on function elsewhere(), of_owner() to public;
    select dbsvc.protect('shared', array['public']);
    create text search configuration tenant_company_xyz.words (copy = pg_catalog.simple);
    commit`)
  await client.query(`insert into tenant_company_xyz.users (user_id, email, subscription_tier)
    select 'canary_u' || i, 'canary' || i || '@xyz', 'pro' from generate_series(0, 1732) i`)
  for (const company of ['company_xyz', 'company_abc', direct]) {
    const mark = { company_xyz: 'canary_', company_abc: 'own_' }[company] ?? 'direct_'
    const place = `tenant_${company}`
    if (company !== 'company_xyz') {
      await client.query(`
        insert into market_data (company_id, user_id, symbol) select '${company}', '${mark}u' || i % 2, '${mark}' || i from generate_series(1, 5) i;
        insert into ${place}.users (user_id, email, subscription_tier)
          select '${mark}u' || i, '${mark}' || i || '@abc', 'pro' from generate_series(0, 2) i;
        insert into remarks select company_id, min(id) from market_data where company_id = '${company}' group by 1`)
    }
    await client.query(`
      insert into ${place}.mt5_accounts (account_id, user_id, account_number, broker)
        select i, '${mark}u' || i % 2, '${mark}' || i, '${mark}broker' from generate_series(1, 4) i;
      insert into ${place}.trading_history (account_id, user_id, symbol, side, volume, open_price, opened_at)
        select i, '${mark}u' || i % 2, '${mark}sym', 'buy', 1, 1, now() from generate_series(1, 4) i;
      insert into ${place}.trading_signals (signal_id, user_id, symbol, signal_type)
        select '${mark}' || i, case when i > 0 then '${mark}u' || i % 2 end, '${mark}sym', 'buy' from generate_series(0, 4) i;
      insert into notes select '${company}', i, '${mark}note' || i from generate_series(1, 3) i;
      insert into measures values ('${company}', '2026-05-05', '${mark}measure');
      insert into tenant_configurations (company_id, config_key, config_value) values ('${company}', '${mark}key', '"${mark}value"');
      insert into private_shared.trading_ticks (time, company_id, user_id, symbol)
        select now() - i * interval '1 minute', '${company}', '${mark}u' || i % 2, '${mark}tick' from generate_series(1, 4) i;
      insert into private_shared.ai_predictions (time, company_id, user_id, symbol, prediction_type, confidence)
        select now() - i * interval '1 minute', '${company}', '${mark}u' || i % 2, '${mark}tick', 'buy', 0.5 from generate_series(1, 4) i`)
  }
  // After the others', whose numbers stay small: 1743 in all.
  await client.query(`insert into market_data (company_id, user_id, symbol, tick_data)
    select 'company_xyz', 'canary_u' || i % 7, 'CANARY' || i, '{"note": "canary"}' from generate_series(1, 1733) i`)
  await client.query(
    `insert into tenant_configurations (company_id, config_key, config_value) values ('company_xyz', 'secret_plan', '1')`,
  )
  const { inner, outer } = paddedKey(leakedKey.secret)
  await client.query(
    `insert into dbsvc.context_keys (key_id, inner_pad, outer_pad, retires_at) values ($1, $2, $3, now() - interval '1 hour')`,
    [leakedKey.keyId, inner, outer],
  )
  await client.query('refresh materialized view note_copies; analyze')
}

const digestSql = `select md5(string_agg(t, '|' order by t)) as digest from (
  ${[
    'market_data',
    'notes',
    'measures',
    'tenant_configurations',
    'private_shared.trading_ticks',
    'private_shared.ai_predictions',
  ]
    .map((table) => `select x::text as t from ${table} x where company_id = 'company_xyz'`)
    .join(' union all ')}
  union all ${['users', 'mt5_accounts', 'trading_history', 'trading_signals']
    .map((table) => `select x::text from tenant_company_xyz.${table} x`)
    .join(' union all ')}) all_rows`
