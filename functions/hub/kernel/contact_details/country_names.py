"""The names of countries, by ISO 3166-1 code: alpha-3, English, eight languages, and their own.

The names are those of the Unicode CLDR, and others that forms and databases have for them.
"""

COUNTRY_NAMES = """\
AC: ASC; Ascension Island; Ascension; Île de l’Ascension; Isla de la Ascensión; Isola
    Ascensione; Ilha de Ascensão; Wyspa Wniebowstąpienia
AD: AND; Andorra; Andorre; Andora
AE: ARE; United Arab Emirates; Vereinigte Arabische Emirate; Émirats arabes unis; Emiratos
    Árabes Unidos; Emirati Arabi Uniti; Verenigde Arabische Emiraten; Emirados Árabes
    Unidos; Zjednoczone Emiraty Arabskie; الإمارات العربية المتحدة; UAE
AF: AFG; Afghanistan; Afganistán; Afeganistão; افغانستان
AG: ATG; Antigua & Barbuda; Antigua und Barbuda; Antigua-et-Barbuda; Antigua y Barbuda;
    Antigua e Barbuda; Antigua en Barbuda; Antigua i Barbuda
AI: AIA; Anguilla; Anguila
AL: ALB; Albania; Albanien; Albanie; Shqipëri
AM: ARM; Armenia; Armenien; Arménie; Հայաստան
AO: AGO; Angola
AQ: ATA; Antarctica; Antarktis; Antarctique; Antártida; Antartide; Antarktyda
AR: ARG; Argentina; Argentinien; Argentine; Argentinië; Argentyna
AS: ASM; American Samoa; Amerikanisch-Samoa; Samoa américaines; Samoa Americana; Samoa
    Americane; Amerikaans-Samoa; Samoa Amerykańskie
AT: AUT; Austria; Österreich; Autriche; Oostenrijk
AU: AUS; Australia; Australien; Australie
AW: ABW; Aruba
AX: ALA; Åland Islands; Ålandinseln; Îles Åland; Islas Aland; Isole Åland; Åland; Ilhas
    Aland; Wyspy Alandzkie
AZ: AZE; Azerbaijan; Aserbaidschan; Azerbaïdjan; Azerbaiyán; Azerbaigian; Azerbeidzjan;
    Azerbaijão; Azerbejdżan; Azərbaycan; Азәрбајҹан
BA: BIH; Bosnia & Herzegovina; Bosnien und Herzegowina; Bosnie-Herzégovine; Bosnia y
    Herzegovina; Bosnia ed Erzegovina; Bosnië en Herzegovina; Bósnia e Herzegovina; Bośnia i
    Hercegowina; Bosna i Hercegovina; Босна и Херцеговина
BB: BRB; Barbados; Barbade
BD: BGD; Bangladesh; Bangladesch; Bangladés; Bangladesz; বাংলাদেশ
BE: BEL; Belgium; Belgien; Belgique; Bélgica; Belgio; België; Belgia
BF: BFA; Burkina Faso; Burquina Faso
BG: BGR; Bulgaria; Bulgarien; Bulgarie; Bulgarije; Bułgaria; България
BH: BHR; Bahrain; Bahreïn; Baréin; Bahrajn; البحرين
BI: BDI; Burundi; Uburundi
BJ: BEN; Benin
BL: BLM; St. Barthélemy; Saint-Barthélemy; San Bartolomé; São Bartolomeu
BM: BMU; Bermuda; Bermudes; Bermudas; Bermudy
BN: BRN; Brunei; Brunei Darussalam; بروني
BO: BOL; Bolivia; Bolivien; Bolivie; Boliwia; Bolivia, Plurinational State of
BQ: BES; Caribbean Netherlands; Karibische Niederlande; Pays-Bas caribéens; Caribe
    neerlandés; Caraibi Olandesi; Caribisch Nederland; Países Baixos Caribenhos; Niderlandy
    Karaibskie
BR: BRA; Brazil; Brasilien; Brésil; Brasil; Brasile; Brazilië; Brazylia
BS: BHS; Bahamas; Bahamy
BT: BTN; Bhutan; Bhoutan; Bután; Butão; འབྲུག
BV: BVT; Bouvet Island; Bouvetinsel; Île Bouvet; Isla Bouvet; Isola Bouvet; Bouveteiland;
    Ilha Bouvet; Wyspa Bouveta
BW: BWA; Botswana; Botsuana
BY: BLR; Belarus; Biélorussie; Bielorrusia; Bielorussia; Bielorrússia; Białoruś; Беларусь
BZ: BLZ; Belize; Belice
CA: CAN; Canada; Kanada
CC: CCK; Cocos (Keeling) Islands; Kokosinseln; Îles Cocos; Islas Cocos; Isole Cocos
    (Keeling); Cocoseilanden; Ilhas Cocos (Keeling); Wyspy Kokosowe
CD: COD; ZAR; Congo - Kinshasa; Kongo-Kinshasa; República Democrática del Congo;
    Demokratyczna Republika Konga
CF: CAF; Central African Republic; Zentralafrikanische Republik; République centrafricaine;
    República Centroafricana; Repubblica Centrafricana; Centraal-Afrikaanse Republiek;
    Republika Środkowoafrykańska; Ködörösêse tî Bêafrîka
CG: COG; Congo - Brazzaville; Kongo-Brazzaville; Congo; República do Congo; Kongo
CH: CHE; Switzerland; Schweiz; Suisse; Suiza; Svizzera; Zwitserland; Suíça; Szwajcaria;
    Schwiiz
CI: CIV; Côte d’Ivoire; Costa d’Avorio; Ivoorkust; Costa do Marfim; Ivory Coast
CK: COK; Cook Islands; Cookinseln; Îles Cook; Islas Cook; Isole Cook; Cookeilanden; Ilhas
    Cook; Wyspy Cooka
CL: CHL; Chile; Chili; Cile
CM: CMR; Cameroon; Kamerun; Cameroun; Camerún; Kameroen; Camarões
CN: CHN; China; Chine; Cina; Chiny; 中国
CO: COL; Colombia; Kolumbien; Colombie; Kolumbia
CP: CPT; Clipperton Island; Clipperton-Insel; Île Clipperton; Isla Clipperton; Isola di
    Clipperton; Clipperton; Ilha de Clipperton; Wyspa Clippertona
CR: CRI; Costa Rica; Kostaryka
CU: CUB; Cuba; Kuba
CV: CPV; Cape Verde; Cabo Verde; Cap-Vert; Capo Verde; Kaapverdië; Republika Zielonego
    Przylądka
CW: CUW; Curaçao; Curazao; Kòrsou
CX: CXR; Christmas Island; Weihnachtsinsel; Île Christmas; Isla de Navidad; Isola Christmas;
    Christmaseiland; Ilha Christmas; Wyspa Bożego Narodzenia
CY: CYP; Cyprus; Zypern; Chypre; Chipre; Cipro; Cypr; Κύπρος; Kıbrıs
CZ: CZE; Czechia; Tschechien; Tchéquie; Chequia; Cechia; Tsjechië; Tchéquia; Czechy; Česko;
    Czech Republic
DE: DDR; DEU; Germany; Deutschland; Allemagne; Alemania; Germania; Duitsland; Alemanha;
    Niemcy; BRD
DG: DGA; Diego Garcia
DJ: DJI; Djibouti; Dschibuti; Yibuti; Gibuti; Djibuti; Dżibuti; جيبوتي
DK: DNK; Denmark; Dänemark; Dinamarca; Danimarca; Denemarken; Dania; Danmark
DM: DMA; Dominica; Dominique; Dominika
DO: DOM; Dominican Republic; Dominikanische Republik; République dominicaine; República
    Dominicana; Repubblica Dominicana; Dominicaanse Republiek; Dominikana
DZ: DZA; Algeria; Algerien; Algérie; Argelia; Algerije; Algieria; الجزائر
EC: ECU; Ecuador; Équateur; Equador; Ekwador
EE: EST; Estonia; Estland; Estonie; Eesti
EG: EGY; Egypt; Ägypten; Égypte; Egipto; Egitto; Egito; Egipt; مصر
EH: ESH; Western Sahara; Westsahara; Sahara occidental; Sahara Occidentale; Westelijke
    Sahara; Saara Ocidental; Sahara Zachodnia; الصحراء الغربية
ER: ERI; Eritrea; Érythrée; Eritreia; Erytrea; إريتريا; ኤርትራ
ES: ESP; Spain; Spanien; Espagne; España; Spagna; Spanje; Espanha; Hiszpania
ET: ETH; Ethiopia; Äthiopien; Éthiopie; Etiopía; ኢትዮጵያ
EU: QUU; European Union; Europäische Union; Union européenne; Unión Europea; Unione europea;
    Europese Unie; União Europeia; Unia Europejska
FI: FIN; Finland; Finnland; Finlande; Finlandia; Suomi
FJ: FJI; Fiji; Fidschi; Fidji; Fiyi; Figi; Fidżi
FK: FLK; Falkland Islands; Falklandinseln; Îles Malouines; Islas Malvinas; Isole Falkland;
    Falklandeilanden; Ilhas Malvinas; Falklandy
FM: FSM; Micronesia; Mikronesien; Micronésie; Mikronezja
FO: FRO; Faroe Islands; Färöer; Îles Féroé; Islas Feroe; Isole Fær Øer; Faeröer; Ilhas
    Faroé; Wyspy Owcze; Føroyar
FR: FRA; FXX; France; Frankreich; Francia; Frankrijk; França; Francja
GA: GAB; Gabon; Gabun; Gabão
GB: GBR; United Kingdom; Vereinigtes Königreich; Royaume-Uni; Reino Unido; Regno Unito;
    Verenigd Koninkrijk; Wielka Brytania; UK; Great Britain; Britain; England; Scotland;
    Wales; Northern Ireland; United Kingdom of Great Britain and Northern Ireland
GD: GRD; Grenada; Grenade; Granada
GE: GEO; Georgia; Georgien; Géorgie; Gruzja; საქართველო
GF: GUF; French Guiana; Französisch-Guayana; Guyane française; Guayana Francesa; Guyana
    Francese; Frans-Guyana; Guiana Francesa; Gujana Francuska
GG: GGY; Guernsey; Guernesey
GH: GHA; Ghana; Gana
GI: GIB; Gibraltar; Gibilterra
GL: GRL; Greenland; Grönland; Groenland; Groenlandia; Grenlandia; Kalaallit Nunaat
GM: GMB; Gambia; Gambie
GN: GIN; Guinea; Guinée; Guiné; Gwinea
GP: GLP; Guadeloupe; Guadalupe; Guadalupa; Gwadelupa
GQ: GNQ; Equatorial Guinea; Äquatorialguinea; Guinée équatoriale; Guinea Ecuatorial; Guinea
    Equatoriale; Equatoriaal-Guinea; Guiné Equatorial; Gwinea Równikowa
GR: GRC; Greece; Griechenland; Grèce; Grecia; Griekenland; Grecja; Ελλάδα; EL; Hellas
GS: SGS; South Georgia & South Sandwich Islands; Südgeorgien und die Südlichen
    Sandwichinseln; Géorgie du Sud-et-les Îles Sandwich du Sud; Islas Georgia del Sur y
    Sandwich del Sur; Georgia del Sud e Sandwich Australi; Zuid-Georgia en Zuidelijke
    Sandwicheilanden; Ilhas Geórgia do Sul e Sandwich do Sul; Georgia Południowa i Sandwich
    Południowy
GT: GTM; Guatemala; Gwatemala
GU: GUM; Guam
GW: GNB; Guinea-Bissau; Guinée-Bissau; Guinea-Bisáu; Guiné-Bissau; Gwinea Bissau
GY: GUY; Guyana; Guiana; Gujana
HK: HKG; Hong Kong SAR China; Sonderverwaltungsregion Hongkong; R.A.S. chinoise de Hong
    Kong; RAE de Hong Kong (China); RAS di Hong Kong; Hongkong SAR van China; Hong Kong, RAE
    da China; SRA Hongkong (Chiny); 中國香港特別行政區; Hong Kong
HM: HMD; Heard & McDonald Islands; Heard und McDonaldinseln; Îles Heard-et-MacDonald; Islas
    Heard y McDonald; Isole Heard e McDonald; Heard en McDonaldeilanden; Ilhas Heard e
    McDonald; Wyspy Heard i McDonalda
HN: HND; Honduras
HR: HRV; Croatia; Kroatien; Croatie; Croacia; Croazia; Kroatië; Chorwacja; Hrvatska
HT: HTI; Haiti
HU: HUN; Hungary; Ungarn; Hongrie; Hungría; Ungheria; Hongarije; Węgry; Magyarország
ID: IDN; Indonesia; Indonesien; Indonésie; Indonezja
IE: IRL; Ireland; Irland; Irlande; Irlanda; Ierland; Irlandia; Éire; Republic of Ireland
IL: ISR; Israel; Israele; Izrael; إسرائيل; ישראל
IM: IMN; Isle of Man; Île de Man; Isla de Man; Isola di Man; Ilha de Man; Wyspa Man; Ellan
    Vannin
IN: IND; India; Indien; Inde; Indie; भारत
IO: IOT; British Indian Ocean Territory; Britisches Territorium im Indischen Ozean;
    Territoire britannique de l’océan Indien; Territorio Británico del Océano Índico;
    Territorio Britannico dell’Oceano Indiano; Brits Indische Oceaanterritorium; Território
    Britânico do Oceano Índico; Brytyjskie Terytorium Oceanu Indyjskiego
IQ: IRQ; Iraq; Irak; Iraque; العراق
IR: IRN; Iran; Irã; ایران; Iran, Islamic Republic of
IS: ISL; Iceland; Island; Islande; Islandia; Islanda; IJsland
IT: ITA; Italy; Italien; Italie; Italia; Włochy
JE: JEY; Jersey
JM: JAM; Jamaica; Jamaika; Jamaïque; Giamaica; Jamajka
JO: JOR; Jordan; Jordanien; Jordanie; Jordania; Giordania; الأردن
JP: JPN; Japan; Japon; Giappone; Japão; Japonia; 日本
KE: KEN; Kenya; Kenia; Quênia
KG: KGZ; Kyrgyzstan; Kirgisistan; Kirghizstan; Kirguistán; Kirghizistan; Kirgizië;
    Quirguistão; Kirgistan; Кыргызстан; Киргизия
KH: KHM; Cambodia; Kambodscha; Cambodge; Camboya; Cambogia; Cambodja; Camboja; Kambodża;
    កម្ពុជា
KI: KIR; Kiribati; Quiribati
KM: COM; Comoros; Komoren; Comores; Comoras; Comore; Comoren; Komory; جزر القمر
KN: KNA; St. Kitts & Nevis; St. Kitts und Nevis; Saint-Christophe-et-Niévès; San Cristóbal y
    Nieves; Saint Kitts e Nevis; Saint Kitts en Nevis; São Cristóvão e Névis; Saint Kitts i
    Nevis
KP: PRK; North Korea; Nordkorea; Corée du Nord; Corea del Norte; Corea del Nord;
    Noord-Korea; Coreia do Norte; Korea Północna; 북한
KR: KOR; South Korea; Südkorea; Corée du Sud; Corea del Sur; Corea del Sud; Zuid-Korea;
    Coreia do Sul; Korea Południowa; 대한민국; Korea; Republic of Korea
KW: KWT; Kuwait; Koweït; Koeweit; Kuwejt; الكويت
KY: CYM; Cayman Islands; Kaimaninseln; Îles Caïmans; Islas Caimán; Isole Cayman;
    Kaaimaneilanden; Ilhas Cayman; Kajmany
KZ: KAZ; Kazakhstan; Kasachstan; Kazajistán; Kazakistan; Kazachstan; Cazaquistão; Қазақстан;
    Казахстан
LA: LAO; Laos; ລາວ; Lao People's Democratic Republic
LB: LBN; Lebanon; Libanon; Liban; Líbano; لبنان
LC: LCA; St. Lucia; Sainte-Lucie; Santa Lucía; Saint Lucia
LI: LIE; Liechtenstein; Liächteschtäi
LK: LKA; Sri Lanka; ශ්‍රී ලංකාව; இலங்கை
LR: LBR; Liberia
LS: LSO; Lesotho; Lesoto
LT: LTU; Lithuania; Litauen; Lituanie; Lituania; Litouwen; Litwa; Lietuva
LU: LUX; Luxembourg; Luxemburg; Luxemburgo; Lussemburgo; Luksemburg; Lëtzebuerg
LV: LVA; Latvia; Lettland; Lettonie; Letonia; Lettonia; Letland; Łotwa; Latvija
LY: LBY; Libya; Libyen; Libye; Libia; Libië; ليبيا
MA: MAR; Morocco; Marokko; Maroc; Marruecos; Marocco; Marrocos; Maroko; المغرب; Meṛṛuk
MC: MCO; Monaco; Monako
MD: MDA; Moldova; Republik Moldau; Moldavie; Moldavia; Mołdawia; Republica Moldova; Moldova,
    Republic of
ME: MNE; Montenegro; Czarnogóra; Crna Gora
MF: MAF; St. Martin; Saint-Martin; San Martín; São Martinho
MG: MDG; Madagascar; Madagaskar; Madagasikara
MH: MHL; Marshall Islands; Marshallinseln; Îles Marshall; Islas Marshall; Isole Marshall;
    Marshalleilanden; Ilhas Marshall; Wyspy Marshalla
MK: MKD; North Macedonia; Nordmazedonien; Macédoine du Nord; Macedonia del Norte; Macedonia
    del Nord; Noord-Macedonië; Macedônia do Norte; Macedonia Północna; Северна Македонија;
    Macedonia
ML: MLI; Mali
MM: BUR; MMR; Myanmar (Burma); Myanmar; Myanmar (Birmanie); Myanmar (Birmania); Myanmar
    (Birma); Mianmar (Birmânia); Mjanma (Birma); မြန်မာ; Burma
MN: MNG; Mongolia; Mongolei; Mongolie; Монгол
MO: MAC; Macao SAR China; Sonderverwaltungsregion Macau; R.A.S. chinoise de Macao; RAE de
    Macao (China); RAS di Macao; Macau SAR van China; Macau, RAE da China; SRA Makau
    (Chiny); 中國澳門特別行政區; Macao; Macau
MP: MNP; Northern Mariana Islands; Nördliche Marianen; Îles Mariannes du Nord; Islas
    Marianas del Norte; Isole Marianne Settentrionali; Noordelijke Marianen; Ilhas Marianas
    do Norte; Mariany Północne
MQ: MTQ; Martinique; Martinica; Martynika
MR: MRT; Mauritania; Mauretanien; Mauritanie; Mauretania; موريتانيا
MS: MSR; Montserrat
MT: MLT; Malta; Malte
MU: MUS; Mauritius; Maurice; Mauricio
MV: MDV; Maldives; Malediven; Maldivas; Maldive; Maldiven; Malediwy; ދިވެހި ރާއްޖެ
MW: MWI; Malawi; Malaui
MX: MEX; Mexico; Mexiko; Mexique; Messico; Meksyk
MY: MYS; Malaysia; Malaisie; Malasia; Maleisië; Malezja
MZ: MOZ; Mozambique; Mosambik; Mozambico; Moçambique; Mozambik
NA: NAM; Namibia; Namibie
NC: NCL; New Caledonia; Neukaledonien; Nouvelle-Calédonie; Nueva Caledonia; Nuova Caledonia;
    Nieuw-Caledonië; Nova Caledônia; Nowa Kaledonia
NE: NER; Niger
NF: NFK; Norfolk Island; Norfolkinsel; Île Norfolk; Isla Norfolk; Isola Norfolk; Norfolk;
    Ilha Norfolk
NG: NGA; Nigeria; Nàìjíríà
NI: NIC; Nicaragua; Nikaragua
NL: NLD; Netherlands; Niederlande; Pays-Bas; Países Bajos; Paesi Bassi; Nederland; Países
    Baixos; Holandia; Holland; The Netherlands
NO: NOR; Norway; Norwegen; Norvège; Noruega; Norvegia; Noorwegen; Norwegia; Norge; Noreg
NP: NPL; Nepal; नेपाल
NR: NRU; Nauru
NU: NIU; Niue
NZ: NZL; New Zealand; Neuseeland; Nouvelle-Zélande; Nueva Zelanda; Nuova Zelanda;
    Nieuw-Zeeland; Nova Zelândia; Nowa Zelandia; Aotearoa
OM: OMN; Oman; Omã; عُمان
PA: PAN; Panama
PE: PER; Peru; Pérou
PF: PYF; French Polynesia; Französisch-Polynesien; Polynésie française; Polinesia Francesa;
    Polinesia Francese; Frans-Polynesië; Polinezja Francuska
PG: PNG; Papua New Guinea; Papua-Neuguinea; Papouasie-Nouvelle-Guinée; Papúa Nueva Guinea;
    Papua Nuova Guinea; Papoea-Nieuw-Guinea; Papua-Nova Guiné; Papua-Nowa Gwinea; Papua
    Niugini
PH: PHL; Philippines; Philippinen; Filipinas; Filippine; Filipijnen; Filipiny; Pilipinas
PK: PAK; Pakistan; Paquistão; پاکستان
PL: POL; Poland; Polen; Pologne; Polonia; Polska
PM: SPM; St. Pierre & Miquelon; St. Pierre und Miquelon; Saint-Pierre-et-Miquelon; San Pedro
    y Miquelón; Saint-Pierre e Miquelon; Saint-Pierre en Miquelon; São Pedro e Miquelão;
    Saint-Pierre i Miquelon
PN: PCN; Pitcairn Islands; Pitcairninseln; Îles Pitcairn; Islas Pitcairn; Isole Pitcairn;
    Pitcairneilanden; Ilhas Pitcairn; Pitcairn
PR: PRI; Puerto Rico; Porto Rico; Portoryko
PS: PSE; Palestinian Territories; Palästinensische Autonomiegebiete; Territoires
    palestiniens; Territorios Palestinos; Territori Palestinesi; Palestijnse gebieden;
    Terytoria Palestyńskie; الأراضي الفلسطينية; Palestine
PT: PRT; Portugal; Portogallo; Portugalia
PW: PLW; Palau; Palaos
PY: PRY; Paraguay; Paraguai; Paragwaj
QA: QAT; Qatar; Katar; Catar; قطر
RE: REU; Réunion; La Réunion; Riunione; Reunião
RO: ROU; Romania; Rumänien; Roumanie; Rumanía; Roemenië; Romênia; Rumunia
RS: SRB; Serbia; Serbien; Serbie; Servië; Sérvia; Србија; Srbija
RU: RUS; Russia; Russland; Russie; Rusia; Rusland; Rosja; Россия; Russian Federation
RW: RWA; Rwanda; Ruanda; U Rwanda
SA: SAU; Saudi Arabia; Saudi-Arabien; Arabie saoudite; Arabia Saudí; Arabia Saudita;
    Saoedi-Arabië; Arabia Saudyjska; المملكة العربية السعودية
SB: SLB; Solomon Islands; Salomonen; Îles Salomon; Islas Salomón; Isole Salomone;
    Salomonseilanden; Ilhas Salomão; Wyspy Salomona
SC: SYC; Seychelles; Seychellen; Seicheles; Seszele
SD: SDN; Sudan; Soudan; Soedan; Sudão; السودان
SE: SWE; Sweden; Schweden; Suède; Suecia; Svezia; Zweden; Szwecja; Sverige
SG: SGP; Singapore; Singapur; Singapour; Singapura; சிங்கப்பூர்; 新加坡
SH: SHN; St. Helena; Sainte-Hélène; Santa Elena; Sant’Elena; Sint-Helena; Santa Helena;
    Wyspa Świętej Heleny
SI: SVN; Slovenia; Slowenien; Slovénie; Eslovenia; Słowenia; Slovenija
SJ: SJM; Svalbard & Jan Mayen; Spitzbergen und Jan Mayen; Svalbard et Jan Mayen; Svalbard y
    Jan Mayen; Svalbard e Jan Mayen; Spitsbergen en Jan Mayen; Svalbard i Jan Mayen;
    Svalbard og Jan Mayen
SK: SVK; Slovakia; Slowakei; Slovaquie; Eslovaquia; Slovacchia; Slowakije; Słowacja;
    Slovensko
SL: SLE; Sierra Leone; Sierra Leona; Serra Leoa
SM: SMR; San Marino; Saint-Marin
SN: SEN; Senegal; Senegaal
SO: SOM; Somalia; Somalie; الصومال; Soomaaliya
SR: SUR; Suriname; Surinam
SS: SSD; South Sudan; Südsudan; Soudan du Sud; Sudán del Sur; Zuid-Soedan; Sudão do Sul;
    Sudan Południowy
ST: STP; São Tomé & Príncipe; São Tomé und Príncipe; Sao Tomé-et-Principe; Santo Tomé y
    Príncipe; São Tomé e Príncipe; Sao Tomé en Principe; Wyspy Świętego Tomasza i Książęca
SV: SLV; El Salvador; Salvador; Salwador
SX: SXM; Sint Maarten; Saint-Martin (partie néerlandaise)
SY: SYR; Syria; Syrien; Syrie; Siria; سوريا; Syrian Arab Republic
SZ: SWZ; Eswatini; Esuatini; Essuatíni; Swaziland
TA: TAA; Tristan da Cunha; Tristán de Acuña; Tristão da Cunha
TC: TCA; Turks & Caicos Islands; Turks- und Caicosinseln; Îles Turques-et-Caïques; Islas
    Turcas y Caicos; Isole Turks e Caicos; Turks- en Caicoseilanden; Ilhas Turcas e Caicos;
    Turks i Caicos
TD: TCD; Chad; Tschad; Tchad; Ciad; Tsjaad; Chade; Czad; تشاد
TF: ATF; French Southern Territories; Französische Süd- und Antarktisgebiete; Terres
    australes françaises; Territorios Australes Franceses; Terre Australi Francesi; Franse
    Gebieden in de zuidelijke Indische Oceaan; Territórios Franceses do Sul; Francuskie
    Terytoria Południowe i Antarktyczne
TG: TGO; Togo
TH: THA; Thailand; Thaïlande; Tailandia; Thailandia; Tajlandia; ไทย
TJ: TJK; Tajikistan; Tadschikistan; Tadjikistan; Tayikistán; Tagikistan; Tadzjikistan;
    Tadjiquistão; Tadżykistan; Тоҷикистон
TK: TKL; Tokelau
TL: TLS; TMP; Timor-Leste; Timor oriental; Timor Est; Oost-Timor; Timor Wschodni; East Timor
TM: TKM; Turkmenistan; Turcomenistão
TN: TUN; Tunisia; Tunesien; Tunisie; Túnez; Tunesië; Tunezja; تونس
TO: TON; Tonga
TR: TUR; Türkiye; Türkei; Turquie; Turquía; Turchia; Turkije; Turcja; Turkey
TT: TTO; Trinidad & Tobago; Trinidad und Tobago; Trinité-et-Tobago; Trinidad y Tobago;
    Trinidad e Tobago; Trinidad en Tobago; Trynidad i Tobago
TV: TUV; Tuvalu
TW: TWN; Taiwan; Tajwan; 台灣; Taiwan, Province of China
TZ: TZA; Tanzania; Tansania; Tanzanie; Tanzania, United Republic of
UA: UKR; Ukraine; Ucrania; Ucraina; Oekraïne; Ukraina; Украина; Україна
UG: UGA; Uganda; Ouganda; Oeganda
UM: UMI; U.S. Outlying Islands; Amerikanische Überseeinseln; Îles mineures éloignées des
    États-Unis; Islas menores alejadas de EE. UU.; Isole Minori Esterne degli Stati Uniti;
    Kleine afgelegen eilanden van de Verenigde Staten; Ilhas Menores Distantes dos EUA;
    Dalekie Wyspy Mniejsze Stanów Zjednoczonych
US: USA; United States; Vereinigte Staaten; États-Unis; Estados Unidos; Stati Uniti;
    Verenigde Staten; Stany Zjednoczone; United States of America; America
UY: URY; Uruguay; Uruguai; Urugwaj
UZ: UZB; Uzbekistan; Usbekistan; Ouzbékistan; Oezbekistan; Uzbequistão; Oʻzbekiston;
    Ўзбекистон
VA: VAT; Vatican City; Vatikanstadt; État de la Cité du Vatican; Ciudad del Vaticano; Città
    del Vaticano; Vaticaanstad; Cidade do Vaticano; Watykan; Vatican; Holy See
VC: VCT; St. Vincent & Grenadines; St. Vincent und die Grenadinen; Saint-Vincent-et-les
    Grenadines; San Vicente y las Granadinas; Saint Vincent e Grenadine; Saint Vincent en de
    Grenadines; São Vicente e Granadinas; Saint Vincent i Grenadyny
VE: VEN; Venezuela; Wenezuela; Venezuela, Bolivarian Republic of
VG: VGB; British Virgin Islands; Britische Jungferninseln; Îles Vierges britanniques; Islas
    Vírgenes Británicas; Isole Vergini Britanniche; Britse Maagdeneilanden; Ilhas Virgens
    Britânicas; Brytyjskie Wyspy Dziewicze
VI: VIR; U.S. Virgin Islands; Amerikanische Jungferninseln; Îles Vierges des États-Unis;
    Islas Vírgenes de EE. UU.; Isole Vergini Americane; Amerikaanse Maagdeneilanden; Ilhas
    Virgens Americanas; Wyspy Dziewicze Stanów Zjednoczonych
VN: VNM; Vietnam; Vietnã; Wietnam
VU: VUT; Vanuatu
WF: WLF; Wallis & Futuna; Wallis und Futuna; Wallis-et-Futuna; Wallis y Futuna; Wallis e
    Futuna; Wallis en Futuna; Wallis i Futuna
WS: WSM; Samoa
XA: XAA; Pseudo-Accents; Pseudo-Akzente; Pseudoacentos; Pseudo-accenti; Pseudo-Accenten;
    Pseudossotaques; Pseudoakcenty
XB: XBB; Pseudo-Bidi; Pseudobidirecional; Pseudodwukierunkowe
XK: XKK; Kosovo; Kosowo; Kosovë; Косово
YE: YEM; YMD; Yemen; Jemen; Iêmen; اليمن
YT: MYT; Mayotte; Majotta
ZA: ZAF; South Africa; Südafrika; Afrique du Sud; Sudáfrica; Zuid-Afrika; África do Sul;
    Republika Południowej Afryki
ZM: ZMB; Zambia; Sambia; Zambie
ZW: ZWE; Zimbabwe; Simbabwe; Zimbabue
ZZ: ZZZ; Unknown Region; Unbekannte Region; région indéterminée; Región desconocida; Regione
    sconosciuta; onbekend gebied; Região desconhecida; Nieznany region
"""
