-- Which rows of policy gave the reasons of a decision, in the reasons' order: one code may stand in several rows. Rows written before this have none.
alter table decision add column policy_rows text[] not null default '{}';

-- A person may also ask not to be written to (12 CFR 1006.14(h)).
alter table consent_event drop constraint consent_event_channel_check;
alter table consent_event add constraint consent_event_channel_check check (channel in ('Voice', 'Sms', 'Email', 'Letter'));

-- Where a call does not suit the person, in their own words of place (12 CFR 1006.6(b)(1)).
alter table person_contact_fact add column inconvenient_places text[] not null default '{}' check (inconvenient_places <@ array['Home', 'Personal', 'Work', 'ThirdParty']);

-- Location information is asked once of a number, however long ago that was (15 USC 1692b(3)).
create index attempt_location_info on attempt (to_e164) where purpose = 'LocationInfo';
