"""Why a ticket says what it says: computed from the models that decided, for the operator and for audits."""
