-- The beginning of a last name finds a person.
create index person_last_name on person (lower(last_name) text_pattern_ops);
