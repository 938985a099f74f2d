mod crypto; mod database;
