-- The role that had a seat and nothing else is now called what the floor calls it. Who is signed in with the old name signs in again.
update app_user set roles = array_replace(roles, 'Agent', 'Collector'), security_stamp = gen_random_uuid() where 'Agent' = any (roles);

-- What a team works on. Owned by Routing. An agent whose team has no row here does both kinds of work.
create table team (
    name   text primary key check (name <> ''),
    blend  text not null default 'Blended' check (blend in ('Blended', 'Inbound', 'Outbound'))
);

-- A campaign that names teams is served by these alone; one that names none, by everybody.
alter table campaign add column teams text[] not null default '{}';
-- What an agent must have for this campaign's outbound calls and, without the first word, for callers who ring its number.
alter table campaign add column needs text[] not null generated always as (
    '{serves-outbound}'::text[] || skills || case when cardinality(teams) > 0 then array['serves-campaign-' || campaign_id::text] else '{}' end) stored;

-- One agent's own blend, before his team's.
alter table agent add column blend text check (blend in ('Blended', 'Inbound', 'Outbound'));

-- What an agent does, in words that needs are compared with (besides his skills): kinds of work, and the campaigns that name his team.
create view agent_work as
select a.agent_id, coalesce(a.blend, t.blend, 'Blended') as blend,
    case coalesce(a.blend, t.blend, 'Blended') when 'Inbound' then '{serves-inbound}'::text[] when 'Outbound' then '{serves-outbound}' else '{serves-inbound,serves-outbound}' end
    || array(select 'serves-campaign-' || c.campaign_id::text from campaign c where a.team <> '' and a.team = any (c.teams) order by c.campaign_id) as words
from agent a left join team t on t.name = a.team;
