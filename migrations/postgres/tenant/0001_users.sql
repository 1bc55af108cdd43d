-- Up Migration
create table users (
  user_id varchar(50) primary key check (user_id <> ''),
  email varchar(255) not null unique check (email like '%_@_%'),
  subscription_tier varchar(20) not null check (subscription_tier in ('free', 'pro', 'enterprise')),
  subscription_limits jsonb check (jsonb_typeof(subscription_limits) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Down Migration
drop table users;
