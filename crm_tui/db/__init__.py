"""Tables, engine, queries per noun, search index, audit chain and migrations."""
