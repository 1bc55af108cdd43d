/** The shared and the tenant migrations that are interrupted: SQL and pgm, in a transaction and outside of one, with data. */
export const shared: Readonly<Record<string, string>> = {
  '0001_prices.sql': `-- Up Migration
create table prices (company_id varchar(50) not null, symbol text, price numeric, primary key (company_id, symbol));
-- Down Migration
drop table prices;`,
  '0002_ticks.sql': `-- Up Migration
create table ticks (time timestamptz not null, company_id varchar(50) not null, price numeric);
create index ticks_time on ticks (company_id, time desc);
select dbsvc.create_time_series('ticks', 'time', chunk => interval '1000 days', ahead => interval '1000 days');
-- Down Migration
select dbsvc.drop_time_series('ticks');`,
}

export const tenant: Readonly<Record<string, string>> = {
  '0001_users.sql': `-- Up Migration
create table users (user_id text primary key, email text not null unique);
insert into users select 'u' || n, 'u' || n || '@example.com' from generate_series(1, 20) n;
-- Down Migration
drop table users;`,
  '0002_accounts.ts': `import type { MigrationBuilder } from 'node-pg-migrate'
export const up = (pgm: MigrationBuilder): void => {
  pgm.createType('account_type', ['demo', 'live'])
  pgm.createTable('accounts', { id: 'id', user_id: { type: 'text', notNull: true, references: 'users' }, type: 'account_type' })
  pgm.createIndex('accounts', 'user_id')
}`,
  '0003_outside.js': `exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createIndex('users', 'email', { name: 'users_mail', concurrently: true })
  pgm.createTable('notes', { id: 'id', user_id: { type: 'text', references: 'users' } })
  // Without the sequence: a number that was drawn in a transaction that went under stays drawn.
  pgm.sql("insert into notes (id, user_id) values (0, 'u1')")
  pgm.createIndex('notes', 'user_id', { concurrently: true })
}`,
  '0004_trades.sql': `-- Up Migration
create table trades (time timestamptz not null, account_id int, profit numeric(15, 2));
select dbsvc.create_time_series('trades', 'time', chunk => interval '1000 days', ahead => interval '1000 days');
-- Down Migration
select dbsvc.drop_time_series('trades');`,
  '0005_report.sql': `-- Up Migration
create view mails as select email from users;
create function stamp() returns trigger language plpgsql as $$ begin new.email := lower(new.email); return new; end $$;
create trigger stamped before insert on users for each row execute function stamp();
update users set email = upper(email);
-- Down Migration
drop trigger stamped on users; drop function stamp(); drop view mails;`,
}

/** The statements of the one that runs outside of a transaction, as they are sent. */
export const outside = '0003_outside'

export const companies = Array.from({ length: 30 }, (_, index) => `c${String(index + 1).padStart(2, '0')}`)
