"""The parts that sample petitions are put together from, in English and Arabic; and people's names.

Law: plain and sensible, about an invented country; nobody real.
"""

from collections.abc import Mapping

PATTERNS: Mapping[str, tuple[str, ...]] = {
    "transport": (
        "Build a {line} between {place} and {other}",
        "Bring back the {stop} to {place}",
        "Let {group} travel free on {vehicles}",
        "Lower the speed limit to 30 km/h outside every {site} in {place}",
        "Run {vehicles} in {place} until midnight on {days}",
        "Put a safe crossing at every {site} in {place}",
        "Keep the ticket offices open at {place} and {other}",
    ),
    "environment": (
        "Stop sewage from reaching the water at {place}",
        "Plant {number} trees in {place} within {years} years",
        "Protect the {nature} of {place} from new building",
        "Pay farmers to restore the {nature} of {place}",
        "Ban {waste} from {year}",
        "Put solar panels on every {site} in {place}",
        "Publish the air quality of {place} every hour",
    ),
    "health": (
        "Open a {clinic} in {place}",
        "Give {group} a free {check} every {interval}",
        "Keep the {clinic} in {place} open at weekends",
        "Train {number} more {staff} by {year}",
        "Let people in {place} see a {doctor} within {days_count} days",
        "Make {check}s free for {group}",
    ),
    "education": (
        "Teach {subject} in every school from the age of {age}",
        "Give every {pupil} a free {meal}",
        "Keep the {school} in {place} open",
        "Open a {school} between {place} and {other}",
        "Limit classes to {class_size} children in the schools of {place}",
        "Pay {staff} students while they train",
    ),
    "housing": (
        "Build {number} homes to rent at a fair price in {place}",
        "Limit rises of rent in {place} to {percent} per cent a year",
        "Insulate every home in {place} by {year}",
        "Register everybody who lets homes in {place}",
        "Let {group} keep a home when the rent falls due late",
    ),
    "work-and-taxes": (
        "Take no income tax from {group}",
        "Give {group} {days_count} more days of leave a year",
        "Make {employer}s publish what they pay",
        "Charge no sales tax on {goods}",
        "Give {group} the right to ask for work from home",
        "Pay {staff} in {place} for the way to work",
    ),
    "culture-and-sport": (
        "Keep the {venue} in {place} open",
        "Make {day} a public holiday",
        "Give every child in {place} free {lessons}",
        "Let {group} into every {venue} for free",
        "Build a {venue} for {place} and {other}",
    ),
    "digital": (
        "Bring fast internet to every home in {place}",
        "Let people in {place} deal with the {office} on paper, too",
        "Teach {group} to use online services safely",
        "Publish the {data} of {place} as open data",
        "Require {employer}s to answer the telephone within {minutes} minutes",
    ),
    "animals": (
        "Protect {animal}s in {place}",
        "Ban the sale of {product} from {year}",
        "Open a shelter for {pet}s in {place}",
        "License everybody who breeds {pet}s",
        "Build crossings for {animal}s on the road from {place} to {other}",
    ),
    "families": (
        "Give every {parent} {weeks} weeks of paid leave",
        "Open a nursery in {place} that takes children at night",
        "Pay {group} who care for a relative",
        "Put a playground within a walk of every home in {place}",
        "Register a birth in {place} without a journey to {other}",
    ),
    "justice": (
        "Keep the courthouse in {place} open",
        "Put {number} more police officers on foot in {place}",
        "Answer every complaint about {office}s within {days_count} days",
        "Give {group} free advice about the law",
        "Publish how long people in {place} wait for a judge",
    ),
}
"""Topic → what may be asked for."""

SLOTS: Mapping[str, tuple[str, ...]] = {
    "line": ("tram line", "night bus", "safe cycle path", "railway line", "footpath", "ferry link"),
    "stop": ("railway station", "ferry", "last bus of the evening", "night train", "tram stop", "market bus"),
    "group": (
        "apprentices",
        "carers",
        "pensioners",
        "students",
        "nurses",
        "people under 21",
        "people with disabilities",
        "new parents",
        "volunteers",
        "shift workers",
        "people who look for work",
        "foster parents",
    ),
    "vehicles": ("buses", "trains", "trams", "ferries", "buses and trams"),
    "site": ("school", "hospital", "nursery", "library", "care home", "town hall", "station"),
    "days": ("Fridays and Saturdays", "every day", "market days", "Sundays"),
    "number": ("500", "1,000", "2,000", "5,000", "10,000"),
    "years": ("two", "three", "five", "ten"),
    "year": ("2028", "2029", "2030", "2032", "2035"),
    "nature": ("wetlands", "old woods", "meadows", "dunes", "river banks", "hedges", "moor"),
    "waste": ("disposable cups", "plastic trays", "wet wipes with plastic", "single-use vapes", "balloon releases"),
    "clinic": ("dental clinic", "maternity unit", "walk-in clinic", "eye clinic", "day hospital", "pharmacy"),
    "check": ("eye test", "hearing test", "dental check", "heart check", "vaccination"),
    "interval": ("year", "two years", "six months"),
    "staff": ("nurses", "midwives", "teachers", "bus drivers", "care workers", "paramedics", "dentists"),
    "doctor": ("doctor", "dentist", "midwife", "specialist"),
    "days_count": ("three", "five", "seven", "ten"),
    "subject": ("first aid", "swimming", "cooking", "money and taxes", "sign language", "gardening", "music", "voting"),
    "age": ("six", "eight", "ten", "twelve"),
    "pupil": ("pupil", "primary pupil", "student", "child in a nursery"),
    "meal": ("breakfast", "hot lunch", "bus pass", "library card", "set of books"),
    "school": ("village school", "music school", "evening college", "secondary school", "school library"),
    "class_size": ("20", "22", "24", "25"),
    "percent": ("two", "three", "four"),
    "employer": ("bank", "large employer", "public body", "insurer", "energy company", "landlord"),
    "goods": ("children's clothes", "bicycles", "books", "repairs", "sun cream", "hearing aids", "school shoes"),
    "venue": ("library", "swimming pool", "museum", "theatre", "concert hall", "sports ground", "archive", "cinema"),
    "day": ("the longest day", "the first Monday of May", "the day after an election", "harvest day", "Founders' Day"),
    "lessons": ("swimming lessons", "music lessons", "sailing lessons", "chess lessons", "language lessons"),
    "office": ("tax office", "land registry", "job centre", "passport office", "council"),
    "data": ("bus times", "planning records", "spending", "flood warnings", "hospital waiting times"),
    "minutes": ("three", "five", "ten"),
    "animal": ("hedgehog", "otter", "toad", "barn owl", "red deer", "bumblebee", "seal", "badger", "swift"),
    "product": ("glue traps", "fireworks that bang", "caged eggs", "slug poison", "snares", "fur"),
    "pet": ("dog", "cat", "rabbit", "horse", "parrot"),
    "parent": ("new parent", "adoptive parent", "grandparent who cares", "parent of a child in hospital"),
    "weeks": ("four", "eight", "twelve", "twenty"),
}

REASONS: Mapping[str, tuple[str, ...]] = {
    "transport": (
        "Many of us have no car, and the next stop is an hour's walk away.",
        "People miss work, school and doctors because there is no way to get there.",
        "Each year people are hurt on these roads; most of that could be avoided.",
    ),
    "environment": (
        "What we lose now will not come back in our lifetime.",
        "Children should be able to play and swim outside without falling ill.",
        "Other countries have done this, and it cost less than repairing the damage.",
    ),
    "health": (
        "People wait for months, and some become seriously ill meanwhile.",
        "A small problem that is found early costs little; found late it costs a great deal.",
        "The next place that offers this is more than two hours away.",
    ),
    "education": (
        "Every child should have the same start, wherever the family lives.",
        "Teachers tell us that this is what is missing most.",
        "What we learn early we keep for life.",
    ),
    "housing": (
        "Families move away because they cannot find a home that they can pay for.",
        "Cold and damp homes make people ill, and cost all of us money.",
        "Half of what many people earn goes to rent.",
    ),
    "work-and-taxes": (
        "Those who keep the country running should be able to live on what they earn.",
        "The rules are so complicated that many people never get what is theirs.",
        "It would cost little, and help many.",
    ),
    "culture-and-sport": (
        "It is the only place in the area where people of all ages meet.",
        "Sport, music and books should not depend on money.",
        "Once it is closed, it will never open again.",
    ),
    "digital": (
        "More and more can only be done online, and not everybody is online.",
        "What public bodies know about us all should be open to us all.",
        "Small firms cannot work with a connection like this.",
    ),
    "animals": (
        "There are far fewer of them than there were twenty years ago.",
        "Animals feel pain, and cannot ask for help themselves.",
        "The rules that we have are older than most of us.",
    ),
    "families": (
        "The first years decide much of what comes after.",
        "Those who care for others have too little time and too little money.",
        "Many families have nobody near who could help.",
    ),
    "justice": (
        "A right that one cannot reach is no right.",
        "People wait for years, and give up.",
        "Trust grows where one can see what is done.",
    ),
}
CLOSINGS = (
    "We ask the government to act this year.",
    "We ask Parliament to change the law.",
    "Please set a date, and tell us what it will cost.",
    "We want a plan, with money behind it.",
    "It should be decided before the next budget.",
)
DETAILS = (
    "We have spoken to people in {place} and in {other}. Nearly all of them told us the same.",
    "A study by the university of {place} found that this would help three people in four.",
    "We do not ask for luxury. We ask for what people in {other} already have.",
    "The council has discussed this twice, and says that only the government can decide it.",
    "We know that this costs money. Doing nothing costs more: we pay for it every year.",
    "We would be glad to show members of Parliament what we mean.",
)
ARABIC_PATTERNS = (
    "افتحوا {thing} في {place}",
    "أبقوا {thing} في {place} مفتوحًا في عطلة نهاية الأسبوع",
    "اسمحوا {group} بالسفر مجانًا إلى {place}",
    "ازرعوا الأشجار حول {thing} في {place}",
    "ابنوا طريقًا آمنًا للدراجات إلى {thing} في {place}",
)
ARABIC_SLOTS: Mapping[str, tuple[str, ...]] = {
    "thing": ("المستشفى", "المكتبة العامة", "المدرسة", "المسبح", "مركز الشباب", "المتحف", "الملعب"),
    "group": ("للطلاب", "للمتقاعدين", "للممرضين", "للمتطوعين", "لمقدمي الرعاية"),
    "place": ("سالتهام", "ريفرسايد", "الأحواض القديمة", "سيلفرووتر", "ستونبك", "بيكنبي", "الحي القديم", "باركهيل"),
}
ARABIC_REASONS = (
    "يعيش كثيرون بعيدًا عن هذه الخدمة ولا يملكون سيارة.",
    "يحق لكل طفل أن يحصل على البداية نفسها أينما كانت أسرته.",
    "تكلفة الإهمال أكبر من تكلفة الإصلاح.",
    "سألنا الناس في الحي، وقال معظمهم الشيء نفسه.",
)
ARABIC_CLOSING = "نطلب من الحكومة أن تتحرك هذا العام."

GIVEN_NAMES = """
Ada Aino Alun Amal Anwen Arlo Basma Bryn Caleb Cato Dalia Dara Edda Eira Elian Esra Faris Fenna Gareth Greta
Hadi Hafsa Idun Ines Isak Jamila Jonas Kaya Kofi Laila Lars Leona Lina Lorcan Maeve Malik Mina Mirjam Nadir
Nesta Noor Olwen Omar Orla Petra Rami Rhys Rowan Safiya Sami Selma Sian Soren Talia Tariq Tove Una Wren Yara
Yusuf Zain
"""
FAMILY_NAMES = """
Alderwick Amberley Ashdown Barrowclough Birkett Bramhall Brockway Caddick Calderwood Copperfield Crannock
Dellaway Draycote Eastmoor Elmhirst Farrowdale Fernsby Garroway Gladstow Greenhalgh Hartnell Hazelgrove
Holloway Inglemire Kelsall Kirkbride Langstroth Lindqvist Loxwood Marwood Mellanby Nasser Norcliffe Oakhanger
Osmani Pemberley Penhallow Quarmby Ramsbottom Redfern Saleh Scarcliffe Selwyn Shackleby Sorensen Stanbury
Tamworth Thistlewood Trevanion Underwood Wainfleet Waterhouse Wharfedale Whitcombe Yelverton Younis
"""
GIVEN, FAMILY = GIVEN_NAMES.split(), FAMILY_NAMES.split()
