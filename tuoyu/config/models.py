"""没有自己的表：present so that ``post_migrate`` reaches this app, last of all."""
