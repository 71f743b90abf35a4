-- Prefect's own database, beside the ledger.
CREATE DATABASE prefect;
