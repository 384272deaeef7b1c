"""A sample world: hidden people, what each source saw of them, the answer key."""
