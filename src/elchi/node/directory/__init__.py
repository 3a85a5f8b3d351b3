"""Who is who: countries, agencies, offices, crossings, and whom to call at three in the morning."""
