"""What an entry asserts: from the places where rules hold to claims with facility, actors, count, date and status."""

from monitor.claims.correct import corrected as corrected, correction as correction, standing as standing
from monitor.claims.extract import Found as Found, extract as extract, found_in as found_in, lead as lead
