"""Machine clients: API keys with scopes, issued by administrators. Other contexts call `admission.admitted`."""
